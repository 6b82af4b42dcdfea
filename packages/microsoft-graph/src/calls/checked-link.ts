import { ProviderError } from "@hybrid/kernel";
import type { CloudHosts } from "../clouds.ts";

/**
 * A link that Graph gave, for the next request. Throws ProviderError invalidRequest when it leads away from
 * Graph: the token must not go there.
 */
export const checkedLink = ({ graphUrl }: CloudHosts, link: string): string => {
  if (link.startsWith(`${graphUrl}/v1.0/`)) return link;
  throw new ProviderError(
    "a link to the next page leads away from Microsoft Graph v1.0; it was not followed",
    {
      code: "invalidRequest",
      retryable: false,
    },
  );
};
