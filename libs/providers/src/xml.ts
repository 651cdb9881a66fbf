/** An element with its attributes in order, and texts and elements within. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly (XmlElement | string)[];
}

/** What no XML 1.0 document may hold, not even as a reference: controls, surrogates that stand alone, U+FFFE and U+FFFF. */
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** A whole document in UTF-8, on one line but for breaks within texts; values are escaped, and illegal characters dropped. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${writeElement(root)}`;
}

function writeElement({ name, attributes = {}, children = [] }: XmlElement): string {
  const written = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${escape(value)}"`);
  const open = `<${name}${written.join('')}`;
  if (children.length === 0) return `${open}/>`;
  const inner = children.map((child) => (typeof child === 'string' ? escape(child) : writeElement(child)));
  return `${open}>${inner.join('')}</${name}>`;
}

function escape(text: string): string {
  return text.replace(illegal, '').replace(/[&<>"']/g, (character) => references[character] ?? '');
}
