/** The files of swagger-ui-dist that the page loads, and what each is. */
export const pageAssets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** Addresses are relative to `/docs`, so that a proxy may serve the server below a path of its own. */
export const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Ongea API</title><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="page"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/page.js"></script></body>
</html>
`;

/** Without `validatorUrl: null` the page would have a server elsewhere judge the document. */
export const pageScript = `SwaggerUIBundle({ url: 'docs-json', dom_id: '#page', deepLinking: true, validatorUrl: null });
`;

/** Nothing but what this server serves is loaded or called; the page sets styles of its own and draws icons from data. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
