/** An answer of AWS, whole. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}
