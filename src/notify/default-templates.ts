/** The message that is sent where no template takes its place. */
export const DEFAULT_SUBJECT = 'Google Workspace for {{organization}}: sign in and accept the agreement';

export const DEFAULT_TEXT = `Hello{{#contact_name}} {{contact_name}}{{/contact_name}},

{{reseller}} has set up Google Workspace for {{organization}} ({{domain}}). It starts to work when you have taken these steps.

{{#team}}
1. Confirm the address
   Google has sent a message with a verification link{{#admin_email}} to {{admin_email}}{{/admin_email}}. Follow that link. There is no temporary password: {{reseller}} has created no user for you.

2. Sign in
   {{sign_in_url}}
   {{#admin_email}}
   Address: {{admin_email}}
   {{/admin_email}}
{{/team}}
{{^team}}
1. Sign in
   {{sign_in_url}}
   {{#admin_email}}
   Address: {{admin_email}}
   {{/admin_email}}

2. Enter the temporary password and choose your own
   {{#password}}
   Temporary password: {{password}}
   {{/password}}
   {{^password}}
   The temporary password is not in this message. {{reseller}} gives it to you separately, by telephone or in another message.
   {{/password}}
   Google asks you to change it when you sign in for the first time.
{{/team}}

3. Accept the Google Workspace via Reseller agreement
   Google shows it to the super administrator after signing in. You must accept it yourself: {{reseller}} may not do it for you, and nothing works before.

Nobody needs to know your new password, {{reseller}} included.

{{signature}}
`;

export const DEFAULT_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Google Workspace for {{organization}}</title>
</head>
<body style="margin: 0 auto; padding: 1em; max-width: 38em; font-family: sans-serif; line-height: 1.5">
<p>Hello{{#contact_name}} <bdi>{{contact_name}}</bdi>{{/contact_name}},</p>
<p><bdi>{{reseller}}</bdi> has set up Google Workspace for <bdi>{{organization}}</bdi> (<bdi>{{domain}}</bdi>). It starts to work when you have taken these steps.</p>
<ol>
{{#team}}
<li><strong>Confirm the address.</strong> Google has sent a message with a verification link{{#admin_email}} to <bdi>{{admin_email}}</bdi>{{/admin_email}}. Follow that link. There is no temporary password: <bdi>{{reseller}}</bdi> has created no user for you.</li>
{{/team}}
<li><strong>Sign in</strong> at
{{#sign_in_link}}
<a href="{{sign_in_link}}">{{sign_in_url}}</a>{{#admin_email}} with the address <bdi>{{admin_email}}</bdi>{{/admin_email}}.</li>
{{/sign_in_link}}
{{^sign_in_link}}
<bdi>{{sign_in_url}}</bdi>{{#admin_email}} with the address <bdi>{{admin_email}}</bdi>{{/admin_email}}.</li>
{{/sign_in_link}}
{{^team}}
<li><strong>Enter the temporary password and choose your own.</strong>
{{#password}}
The temporary password is <code>{{password}}</code>
{{/password}}
{{^password}}
The temporary password is not in this message. <bdi>{{reseller}}</bdi> gives it to you separately, by telephone or in another message.
{{/password}}
<br>Google asks you to change it when you sign in for the first time.</li>
{{/team}}
<li><strong>Accept the Google Workspace via Reseller agreement.</strong> Google shows it to the super administrator after signing in. You must accept it yourself: <bdi>{{reseller}}</bdi> may not do it for you, and nothing works before.</li>
</ol>
<p>Nobody needs to know your new password, <bdi>{{reseller}}</bdi> included.</p>
<p>{{signature}}</p>
</body>
</html>
`;
