import shipped from "../rules/meeting-rules.json" with { type: "json" };
import { type CompiledRules, compileRules } from "./compiled-rules.ts";
import { type RuleBook, readRuleBook } from "./rule.ts";

/** The rules that the product brings, `rules/meeting-rules.json`; every one of them can be read. */
export const shippedRules: RuleBook = readRuleBook(shipped).book;

/** The same, made ready. */
export const compiledShippedRules: CompiledRules = compileRules(shippedRules);
