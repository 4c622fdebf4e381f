import { describe, expect, it } from 'vitest';
import { escapeHtml, parseTemplate, renderTemplate, unguardedLine } from '../../src/notify/template.ts';

const NAMES = { values: ['name', 'password'], conditions: ['team'] };

function render(
  source: string,
  values: Readonly<Record<string, string>>,
  escape: (value: string) => string = String,
): string {
  const parsed = parseTemplate(source, NAMES);
  if (parsed.kind === 'fault') throw new Error(parsed.sentence);
  return renderTemplate(parsed.template, values, escape);
}

describe('renderTemplate', () => {
  it.each([
    ['a value', 'Hello {{name}}!', 'Hello Ada!'],
    ['a value with blanks in its braces', 'Hello {{ name }}!', 'Hello Ada!'],
    ['nothing for a value that is not there', 'x{{password}}y', 'xy'],
    ['a section when its value is there', '{{#name}}by {{name}}{{/name}}', 'by Ada'],
    ['no section when its value is not there', 'a{{#password}}b{{/password}}c', 'ac'],
    ['an inverted section when its value is not there', '{{^password}}none{{/password}}', 'none'],
    ['no inverted section when its value is there', 'a{{^name}}b{{/name}}c', 'ac'],
    ['a section in a section', '{{#name}}({{^password}}-{{/password}}){{/name}}', '(-)'],
    ['no remark', 'a{{! {name} and {{name }}b', 'ab'],
    ['single braces as they are', '@media print{a{color:red}}', '@media print{a{color:red}}'],
  ])('shows %s', (_, source, shown) => {
    expect(render(source, { name: 'Ada' })).toBe(shown);
  });

  it.each(['\n', '\r\n'])(
    'takes the lines along on which a section tag or a remark stands alone (%j)',
    (end) => {
      const source = [
        '1',
        ' {{#name}} ',
        '2',
        '{{/name}}',
        '{{! remark }}',
        '3',
        '{{^name}}',
        '4',
        '{{/name}}',
      ];

      expect(render(source.join(end), { name: 'Ada' })).toBe(['1', '2', '3', ''].join(end));
    },
  );

  it('reads no value as a template', () => {
    expect(render('{{name}}', { name: '{{password}}{{#name}}', password: 'secret' })).toBe(
      '{{password}}{{#name}}',
    );
  });

  it('escapes every value, in elements and in attributes', () => {
    const name = `<a href='x' title="y">&amp;</a>`;

    expect(render('<i title="{{name}}">{{name}}</i>', { name }, escapeHtml)).toBe(
      '<i title="&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;&lt;/a&gt;">' +
        '&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;&lt;/a&gt;</i>',
    );
  });
});

describe('parseTemplate', () => {
  it.each([
    ['\n\n{{nmae}}', 3, '{{nmae}} is no placeholder; did you mean {{name}}?'],
    ['{{__proto__}}', 1, '{{__proto__}} is no placeholder; there are name, password, team'],
    ['{{}}', 1, '{{}} is no placeholder; there are name, password, team'],
    ['a\n{{#name}}\nb', 2, '{{#name}} is never closed'],
    ['a\n{{/name}}', 2, '{{/name}} closes what was never opened'],
    ['{{#name}}\n{{^password}}\n{{/name}}', 3, '{{/name}} closes {{^password}} of line 2'],
    ['a\r\nb {{name', 2, '{{ is not closed by }}'],
    ['{{name}', 1, '{{ is not closed by }}'],
    ['{{! never closed', 1, '{{ is not closed by }}'],
    ['{{{name}}}', 1, 'values without escaping are not to be had: write {{name}}'],
    ['{{&name}}', 1, 'values without escaping are not to be had: write {{name}}'],
    ['{{team}}', 1, '{{team}} is no value: it only opens a section, {{#team}}…{{/team}}'],
  ])('refuses %j in line %i', (source, line, sentence) => {
    expect(parseTemplate(source, NAMES)).toEqual({ kind: 'fault', line, sentence });
  });

  it('shows only the beginning of a name that is none', () => {
    const parsed = parseTemplate(`{{${'x'.repeat(5000)}}}`, NAMES);

    expect(parsed.kind === 'fault' && parsed.sentence.length).toBeLessThan(200);
  });
});

describe('unguardedLine', () => {
  it.each([
    ['{{name}}', undefined],
    ['{{#password}}{{password}}{{/password}}', undefined],
    ['{{#password}}{{#name}}{{password}}{{/name}}{{/password}}', undefined],
    ['\n{{password}}', 2],
    ['{{#name}}\n{{password}}{{/name}}', 2],
    ['{{^password}}{{password}}{{/password}}', 1],
  ])('of the password in %j is %s', (source, line) => {
    const parsed = parseTemplate(source, NAMES);

    expect(parsed.kind === 'template' && unguardedLine(parsed.template, 'password')).toBe(line);
  });
});
