import { z } from "zod";

/*
 * Adaptive Cards as Webex takes them: version 1.3 at most, with the elements and actions that its apps draw.
 * Of an element what it cannot be without is checked; anything else of it is taken as it comes.
 */

const address = z.string().refine((text) => /^https?:\/\//.test(text), "must be an address (http or https)");
const words = z.string().min(1);

const elements: z.ZodType = z.lazy(() => z.array(element));

const column = z.looseObject({ type: z.literal("Column"), items: elements.optional() });

const input = z.looseObject({
  type: z.enum(["Input.Text", "Input.Number", "Input.Date", "Input.Time", "Input.Toggle", "Input.ChoiceSet"]),
  id: words,
});

const action: z.ZodType = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("Action.OpenUrl"), url: address }),
    z.looseObject({ type: z.literal("Action.Submit") }),
    z.looseObject({ type: z.literal("Action.ToggleVisibility"), targetElements: z.array(z.unknown()) }),
    z.looseObject({ type: z.literal("Action.ShowCard"), card: adaptiveCard }),
  ]),
);

const element: z.ZodType = z.union([
  input,
  z.looseObject({ type: z.literal("TextBlock"), text: z.string() }),
  z.looseObject({ type: z.literal("Image"), url: address }),
  z.looseObject({ type: z.literal("ImageSet"), images: elements }),
  z.looseObject({ type: z.literal("Container"), items: elements }),
  z.looseObject({ type: z.literal("ColumnSet"), columns: z.array(column) }),
  z.looseObject({
    type: z.literal("FactSet"),
    facts: z.array(z.looseObject({ title: z.string(), value: z.string() })),
  }),
  z.looseObject({ type: z.literal("RichTextBlock"), inlines: z.array(z.unknown()) }),
  z.looseObject({ type: z.literal("ActionSet"), actions: z.array(action) }),
]);

const adaptiveCard: z.ZodType = z.lazy(() =>
  z.looseObject({
    type: z.literal("AdaptiveCard"),
    version: z.enum(["1.0", "1.1", "1.2", "1.3"]),
    body: z.array(element).optional(),
    actions: z.array(action).optional(),
  }),
);

/** The card of a message. */
export const CardAttachment = z.strictObject({
  contentType: z.literal("application/vnd.microsoft.card.adaptive"),
  content: adaptiveCard as z.ZodType<Readonly<Record<string, unknown>>>,
});
