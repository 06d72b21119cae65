/** How a header, or the name of a trait, is compared: plain, small letters, without blanks, marks and what stands in brackets. */
export function bare(header: string): string {
  const plain = header.normalize("NFKC").toLowerCase();
  // a bracket that is opened again before it is closed is looked at once, however many there are
  return plain.replace(/\([^()]*\)|\[[^[\]]*\]|【[^【】]*】/g, "").replace(/[\s_\-.:*#/]+/g, "") || plain.trim();
}
