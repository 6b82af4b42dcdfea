import { Option } from "commander";

/** An option whose value is what a keyword means. */
export const placeOption = (flags: string, meaning: string, otherwise: "personalRoom" | "space"): Option =>
  new Option(flags, meaning).choices(["personalRoom", "space"]).default(otherwise);
