/** The package ships no types; this is the part we use. */
declare module "html-to-text" {
  interface Options {
    wordwrap?: number | false;
    selectors?: { selector: string; format?: string; options?: Record<string, unknown> }[];
  }
  export function compile(options: Options): (html: string) => string;
}
