import { idOf, startOf } from "../calendar/mailbox.ts";
import { badRequest } from "../http/graph-fault.ts";
import { contentOf, eventCollections, eventItemOf, showPage, windowOf } from "./event-access.ts";
import { ordering } from "./event-query.ts";
import { type Answer, calendarReaders, type MailboxCall, type Operation } from "./operation.ts";

const listInstances = (call: MailboxCall): Answer => {
  const { fromMs, toMs } = windowOf(call.query);
  const item = eventItemOf(call);
  const series = contentOf(item);
  if (item.kind === "occurrence" || series.type !== "seriesMaster")
    throw badRequest("Instances can be listed of a series only.", "ErrorInvalidRequest");
  const { $orderby } = call.query;
  const items = call.mailbox.instancesOf(series, fromMs, toMs);
  items.sort(
    $orderby === undefined
      ? (a, b) => startOf(a) - startOf(b) || (idOf(a) < idOf(b) ? -1 : 1)
      : ordering($orderby),
  );
  return showPage(call, items, "events('series')/instances");
};

/** The occurrences and exceptions of a series. */
export const instanceOperations = (): Operation[] =>
  eventCollections.map((path) => ({
    family: "mailbox",
    method: "GET",
    path: `${path}/:eventId/instances`,
    roles: calendarReaders,
    query: ["startDateTime", "endDateTime", "$select", "$expand", "$top", "$skip", "$orderby"],
    handle: listInstances,
  }));
