import { readFile } from 'node:fs/promises';
import { EXIT, FatalError } from '../model/fatal.ts';
import { DEFAULT_HTML, DEFAULT_SUBJECT, DEFAULT_TEXT } from './default-templates.ts';
import type { NotificationSettings } from './notification-settings.ts';
import { SUBJECT_NAMES, TEMPLATE_NAMES } from './placeholders.ts';
import { parseTemplate, unguardedLine, type Template, type TemplateNames } from './template.ts';

export interface Templates {
  readonly subject: Template;
  readonly text: Template;
  /** Undefined where the HTML is made from a replaced text, so that both say the same. */
  readonly html: Template | undefined;
}

/** A template is read into memory and into every mail. */
const LONGEST_TEMPLATE = 500_000;

/**
 * Reads the templates that take the place of the default ones. For before the first write: a run must not create
 * customers whom it then cannot tell.
 *
 * @throws FatalError 78 naming file, line and placeholder where a template cannot be used
 */
export async function loadTemplates(settings: NotificationSettings): Promise<Templates> {
  const { subject, textTemplate, htmlTemplate } = settings;
  const text = textTemplate === undefined ? DEFAULT_TEXT : await content(textTemplate);
  const html = htmlTemplate === undefined ? htmlBeside(textTemplate) : await content(htmlTemplate);
  return {
    subject: usable(subject ?? DEFAULT_SUBJECT, 'notification.subject', SUBJECT_NAMES, settings),
    text: usable(text, textTemplate ?? 'the default text', TEMPLATE_NAMES, settings),
    html:
      html === undefined
        ? undefined
        : usable(html, htmlTemplate ?? 'the default HTML', TEMPLATE_NAMES, settings),
  };
}

function htmlBeside(textTemplate: string | undefined): string | undefined {
  return textTemplate === undefined ? DEFAULT_HTML : undefined;
}

async function content(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw templateFault(`${file} cannot be read (${reason})`, 'Check its name and permissions.', cause);
  }
  if (bytes.length > LONGEST_TEMPLATE)
    throw templateFault(`${file} is longer than ${LONGEST_TEMPLATE} bytes`);
  const text = decoded(file, bytes);
  if (text.trim() === '') throw templateFault(`${file} is empty`);
  return text;
}

function decoded(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw templateFault(`${file} is not UTF-8`, 'Save it as UTF-8.', cause);
  }
}

function usable(
  source: string,
  where: string,
  names: TemplateNames,
  { includePassword }: NotificationSettings,
): Template {
  const parsed = parseTemplate(source, names);
  if (parsed.kind === 'fault') throw templateFault(`${where}, line ${parsed.line}: ${parsed.sentence}`);
  const line = includePassword ? undefined : unguardedLine(parsed.template, 'password');
  if (line === undefined) return parsed.template;
  throw templateFault(
    `${where}, line ${line}: {{password}} has a value only with notification.includePassword`,
    'Put it between {{#password}} and {{/password}}, or set includePassword.',
  );
}

function templateFault(
  message: string,
  next = 'Correct the template: docs/notifications.md has the placeholders and examples.',
  cause?: unknown,
): FatalError {
  return new FatalError(EXIT.config, 'config.template', `notification template: ${message}`, next, { cause });
}
