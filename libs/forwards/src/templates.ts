import { asText, lookUp, parseTemplate, singlePath, type Scope, type VariablePath } from '@app/dialog';

/** A template that gives a text. */
export interface TextTemplate {
  readonly reads: readonly VariablePath[];
  /** @throws TemplateLimit, TemplateFailed */
  render(scope: Scope): string;
}

/** A template that gives a value of JSON. */
export interface FieldTemplate {
  readonly reads: readonly VariablePath[];
  /** @throws TemplateLimit, TemplateFailed */
  value(scope: Scope): unknown;
  /** The value as a text, for forms and queries. @throws TemplateLimit, TemplateFailed */
  text(scope: Scope): string;
}

/** An address cannot be a forward's. */
export class UrlSyntax extends Error {
  override readonly name = 'UrlSyntax';
}

/** A record would lead an address out of its path. */
export class UrlEscaped extends Error {
  override readonly name = 'UrlEscaped';
  constructor() {
    super('a value of the record would change the path of the address');
  }
}

/**
 * One `{{ path }}` alone gives the value itself, so that numbers stay numbers and texts texts; null where there is none. Any
 * other template gives a text.
 * @throws TemplateSyntax
 */
export function fieldTemplate(source: string): FieldTemplate {
  const template = parseTemplate(source);
  const path = singlePath(source);
  if (path === undefined) {
    const text = (scope: Scope): string => template.render(scope);
    return { reads: template.reads, text, value: text };
  }
  const value = (scope: Scope): unknown => lookUp(scope, path) ?? null;
  return { reads: template.reads, value, text: (scope) => asText(value(scope)) };
}

// The end of an output inside a string literal is nobody's address.
const output = /(\{\{[\s\S]*?\}\})/;
const dots = /^(?:\.|%2e){1,2}$/i;

/**
 * An address whose path and query may hold outputs. Whatever they give is percent-encoded, so that it is part of one segment or
 * of one value and nothing else.
 * @throws UrlSyntax, TemplateSyntax
 */
export function urlTemplate(source: string): TextTemplate {
  if (!/^https?:\/\/[^/?#\\\s{}]+(?:[/?#]|$)/.test(source)) {
    throw new UrlSyntax('the url of a forward is http or https, and its host holds no template');
  }
  if (source.includes('{%')) throw new UrlSyntax('the url of a forward takes {{ … }} alone');
  const pieces = source.split(output).map((piece, index) => {
    if (index % 2 === 1) return parseTemplate(piece);
    if (/[\s{}]/.test(piece)) throw new UrlSyntax('the url of a forward holds blanks or a brace that is not closed');
    return piece;
  });
  checkTarget(pieces.map((piece) => (typeof piece === 'string' ? piece : 'x')).join(''));
  const render = (scope: Scope): string => {
    const text = pieces.map((piece) => (typeof piece === 'string' ? piece : encoded(piece.render(scope)))).join('');
    const [path = ''] = text.split(/[?#]/);
    if (path.split('/').some((segment) => dots.test(segment))) throw new UrlEscaped();
    return text;
  };
  return { reads: pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.reads)), render };
}

/** Refuses at once what would be refused for every record. */
function checkTarget(example: string): void {
  if (!URL.canParse(example)) throw new UrlSyntax('the url of a forward is no address');
  const { username, password } = new URL(example);
  if (username !== '' || password !== '') {
    throw new UrlSyntax('the url of a forward holds a user or password: headers are for that');
  }
}

/**
 * A header's value: line ends and other control characters become blanks, what is not ASCII is percent-encoded.
 * @throws TemplateSyntax
 */
export function headerTemplate(source: string): TextTemplate {
  const template = parseTemplate(source);
  return { reads: template.reads, render: (scope) => plainHeader(template.render(scope)) };
}

/** Whether a text holds a template at all. */
export function isTemplate(source: string): boolean {
  return source.includes('{{') || source.includes('{%');
}

function plainHeader(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return line.replace(/[^\u0020-\u007e]+/g, encoded);
}

function encoded(text: string): string {
  const wellFormed = text.replace(/[\ud800-\udfff]/gu, '\ufffd');
  return encodeURIComponent(wellFormed).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
