import { choice } from "@hybrid/settings";

/** Which cloud is reached, where no other addresses are given. */
export const graphCloud = {
  GRAPH_CLOUD: choice(["worldwide", "gccHigh", "dod", "china"], { meaning: "National cloud." }).orElse(
    "worldwide",
  ),
};
