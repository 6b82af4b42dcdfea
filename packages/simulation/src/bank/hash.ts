/** Continues a hash by a text (FNV-1a, 32 bits): two different histories hardly ever look the same. */
export const hashed = (trail: number, text: string): number => {
  let hash = trail;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
};
