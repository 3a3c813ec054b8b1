import { escapeXml } from './answers.ts';

/** Text of the first element of that name, undefined when there is none. */
export function elementText(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml);
  return found?.[1] === undefined ? undefined : unescapeXml(found[1]);
}

/** Inner XML of every element of that name, which must not contain itself. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, inner]) => inner!);
}

/** Changes the inner XML of every element of that name, which must not contain itself; undefined takes the element out. */
export function mapElements(xml: string, name: string, change: (inner: string) => string | undefined): string {
  return xml.replace(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'), (_, inner: string) => {
    const changed = change(inner);
    return changed === undefined ? '' : `<${name}>${changed}</${name}>`;
  });
}

/** Replaces a child element, adds it when it is missing, or takes it out (undefined); `xml` is the inner XML of its parent. */
export function setElement(xml: string, name: string, inner: string | undefined): string {
  const rest = xml.replace(new RegExp(`<${name}>.*?</${name}>|<${name}\\s*/>`, 's'), '');
  return inner === undefined ? rest : `${rest}<${name}>${inner}</${name}>`;
}

/** A plain value as XML: lists become `<member>` elements, dates ISO text, undefined nothing. */
export function toXml(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((member) => `<member>${toXml(member)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') {
    const present = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
    return present.map(([name, inner]) => `<${name}>${toXml(inner)}</${name}>`).join('');
  }
  return escapeXml(typeof value === 'string' ? value : JSON.stringify(value));
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal ?? hex) return String.fromCodePoint(decimal ? parseInt(decimal, 10) : parseInt(hex!, 16));
    return named[name!] ?? whole;
  });
}
