import { XMLParser } from 'fast-xml-parser';

/** An element as a document shows it; texts joined, references resolved. */
export interface ReadElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly ReadElement[];
}

type Ordered = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  ...{ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', ignoreDeclaration: true },
  ...{ parseTagValue: false, parseAttributeValue: false, trimValues: false },
});

/**
 * The root of a document.
 * @throws Error where the document is not well-formed XML 1.0
 */
export function readXml(document: string): ReadElement {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the package that replaces it is not needed for anything else
  const [root, ...others] = parser.parse(document, true) as readonly Ordered[];
  if (
    root === undefined ||
    others.length > 0 ||
    /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(document)
  ) {
    throw new Error(`not one XML 1.0 document: ${JSON.stringify(document)}`);
  }
  return elementOf(root);
}

/** How many elements there are, the root included. */
export function countElements({ children }: ReadElement): number {
  return children.reduce((sum, child) => sum + countElements(child), 1);
}

function elementOf(node: Ordered): ReadElement {
  const name = Object.keys(node).find((key) => key !== ':@') ?? '';
  const inner = (node[name] ?? []) as readonly Ordered[];
  const texts = inner.filter((child) => '#text' in child).map((child) => String(child['#text']));
  const children = inner.filter((child) => !('#text' in child)).map(elementOf);
  return { name, attributes: (node[':@'] ?? {}) as Record<string, string>, text: texts.join(''), children };
}
