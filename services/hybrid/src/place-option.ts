import { Option } from "commander";

/** An option whose value is what a keyword means; without `otherwise` it has no value when left out. */
export const placeOption = (flags: string, meaning: string, otherwise?: "personalRoom" | "space"): Option => {
  const option = new Option(flags, meaning).choices(["personalRoom", "space"]);
  return otherwise === undefined ? option : option.default(otherwise);
};
