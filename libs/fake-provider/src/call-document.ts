import { XMLParser } from 'fast-xml-parser';

/** One element of a call document, in the order of the document. */
export interface CallAction {
  /** `Say`, `GetDigits`, `Dial`, … */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text between the tags; the URL of a Redirect. */
  readonly text: string;
  /** What is said or played while it waits. */
  readonly within: readonly CallAction[];
}

const attributePrefix = '@';

/** @throws Error where the text is no call document */
export function readCallDocument(xml: string): CallAction[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: attributePrefix,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
  });
  const document = parser.parse(xml) as Node[];
  const root = document.find((node) => 'Response' in node);
  if (root === undefined) throw new Error('the document has no Response');
  return actionsIn(root['Response'] as Node[]);
}

type Node = Readonly<Record<string, unknown>>;

function actionsIn(nodes: readonly Node[]): CallAction[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    const children = node[name] as Node[];
    const text = children.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join('');
    return [{ name, attributes: attributesOf(node), text, within: actionsIn(children) }];
  });
}

function attributesOf(node: Node): Record<string, string> {
  const attributes = (node[':@'] ?? {}) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.slice(attributePrefix.length), value]),
  );
}
