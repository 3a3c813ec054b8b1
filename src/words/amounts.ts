/** `512 bytes`, `1.5 KiB`, `512 MiB`, `1.5 GiB`. */
export function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let power = 0;
  for (; power < units.length - 1 && Math.abs(bytes) >= 1_024 ** (power + 1); power += 1);
  const amount = bytes / 1_024 ** power;
  return `${power < 3 && amount >= 10 ? Math.round(amount) : Number(amount.toFixed(1))} ${units[power]}`;
}

/** `85 %`, `0.4 %`. */
export const share = (part: number): string => `${part > 0 && part < 0.01 ? Number((part * 100).toFixed(1)) : Math.round(part * 100)} %`;

/** `41,208`. */
export const grouped = (amount: number): string => {
  const [whole = '', rest] = String(amount).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest === undefined ? '' : `.${rest}`}`;
};

/** `1 order`, `41,208 orders`. */
export const count = (amount: number, one: string, many = `${one}s`): string => `${grouped(amount)} ${amount === 1 ? one : many}`;

/** `Ana`, `Ana and Ben`, `Ana, Ben and Sam`. */
export const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
