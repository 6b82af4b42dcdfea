// Builds the page beforehand, for an image in which nobody may write later.
import { builtPage } from "./built-page.ts";

process.stdout.write(`the page is in ${await builtPage()}\n`);
