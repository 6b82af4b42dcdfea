/** Characters that are no letters of a name, or turn its direction about. */
// oxlint-disable-next-line no-control-regex -- controls are what it looks for.
const unfit = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\:*?"<>|]/g;

const nameMax = 180;

/** A name that every system and mail program can show: no path, no control, no change of direction. */
export const fileName = (given: string | null, place: number): string => {
  const clean = (given ?? "")
    .normalize("NFC")
    .replace(unfit, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  if (clean === "") return `file-${place + 1}`;
  if (clean.length <= nameMax) return clean;
  const dot = clean.lastIndexOf(".");
  const ending = dot > 0 && clean.length - dot <= 12 ? clean.slice(dot) : "";
  return clean.slice(0, nameMax - ending.length) + ending;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded: it is the name as it is.
    return text;
  }
};

/** The file's name in a Content-Disposition header (RFC 6266); null when it has none. */
export const nameInDisposition = (header: string | null): string | null => {
  if (header === null) return null;
  const extended = /filename\*\s*=\s*(?:utf-8|iso-8859-1)?'[^']*'([^;\s]+)/i.exec(header)?.[1];
  if (extended !== undefined) return decoded(extended);
  const quoted = /filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header)?.[1];
  // Quoted names are percent-encoded by many servers, and browsers read them so.
  if (quoted !== undefined) return decoded(quoted.replace(/\\(.)/g, "$1"));
  return /filename\s*=\s*([^;\s]+)/i.exec(header)?.[1] ?? null;
};
