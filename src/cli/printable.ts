// all but line breaks, tabs, and the colours and weights that we print ourselves
// eslint-disable-next-line no-control-regex -- these are what it is about
const CONTROL = /(\u001b\[(?:0|1|2|22|3[0-79]|9[0-7])m)|(?![\t\n])\p{Cc}/gu;

/** What others wrote may hold commands to a terminal: they are shown instead. */
export function printable(text: string): string {
  return text.replace(
    CONTROL,
    (found, colour?: string) => colour ?? `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
