const keyShape = /^([A-Za-z][\w.]*)\('((?:[^']|'')*)'\)$/;
const argumentShape = /^([A-Za-z][\w.]*)\(\w+=[\w.]*'((?:[^']|'')*)'\)$/;
const callShape = /^([A-Za-z][\w.]*)\(\)$/;
const namespace = /^microsoft\.graph\./i;

const decoded = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoded text: the router answers for it.
    return null;
  }
};

const segmentsOf = (segment: string): string[] => {
  const text = decoded(segment);
  if (text === null) return [segment];
  const [, collection, key] = keyShape.exec(text) ?? argumentShape.exec(text) ?? [];
  if (collection !== undefined && key !== undefined)
    return [collection.replace(namespace, ""), encodeURIComponent(key.replaceAll("''", "'"))];
  const [, called] = callShape.exec(text) ?? [];
  if (called !== undefined) return [called.replace(namespace, "")];
  return [namespace.test(text) ? text.replace(namespace, "") : segment];
};

/**
 * The one spelling of an address that routes are written in. OData allows several for the same resource:
 * a key or one argument in brackets (`users('id')`), functions with brackets (`delta()`), names with their
 * namespace.
 */
export const canonicalUrl = (url: string): string => {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  const query = at < 0 ? "" : url.slice(at);
  return path.split("/").flatMap(segmentsOf).join("/") + query;
};
