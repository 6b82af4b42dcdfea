/** Whether a body comes packed; unpacking would let a few bytes become gigabytes, and no sender packs. */
export const isPacked = (encoding: string | undefined): boolean =>
  encoding !== undefined && encoding.trim() !== "" && encoding.trim().toLowerCase() !== "identity";
