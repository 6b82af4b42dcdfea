import { detailsStyle } from "@hybrid/control-hub";
import { JoinWanted } from "@hybrid/control-hub-page/api";
import { previewDetails } from "@hybrid/decorator";
import { expect, test } from "vitest";

test("the page's policy allows the style that our block has, and a preview needs no other", () => {
  const previews = previewDetails(
    { language: null, join: JoinWanted.parse({}) },
    {
      place: "personalRoom",
      invitation: "Hello",
    },
  );
  for (const { html } of previews)
    expect([...html.matchAll(/style="([^"]*)"/g)].map(([, style]) => style)).toEqual([detailsStyle]);
});
