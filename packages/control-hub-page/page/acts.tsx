import {
  Button,
  type ButtonProps,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
} from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { type Role, rolesThatMay } from "../src/api/roles.ts";
import { useLayout } from "./layout.ts";
import { useStanding } from "./live.ts";
import { sessionQuery } from "./queries.ts";
import { useWords } from "./words.ts";

/** Whether the person may do what asks for a role, and if not why. */
export const useRight = (asks: Role = "full"): string | undefined => {
  const t = useWords();
  const { data } = useQuery(sessionQuery);
  const { name } = useStanding();
  if (data === undefined || !rolesThatMay[asks].includes(data.role)) return t("role.mayNot");
  return name === "offline" ? t("fault.code.unreachable") : undefined;
};

/** A button that changes something: who may not press it is told why. */
export function ActButton({
  children,
  why,
  asks,
  ...button
}: {
  readonly children: ReactNode;
  /** Why it cannot be pressed at present; undefined: it can. */
  readonly why?: string | undefined;
  /** The role that it asks for; a full administrator when left out. */
  readonly asks?: Role;
  readonly appearance?: ButtonProps["appearance"];
  readonly icon?: ButtonProps["icon"];
  readonly size?: ButtonProps["size"];
  readonly onClick?: () => void;
}) {
  const right = useRight(asks);
  const id = useId();
  const layout = useLayout();
  const reason = right ?? why;
  if (reason === undefined) return <Button {...(button as ButtonProps)}>{children}</Button>;
  const { onClick: _pressed, ...shown } = button;
  return (
    <>
      <Button {...(shown as ButtonProps)} disabledFocusable aria-describedby={id} title={reason}>
        {children}
      </Button>
      <span id={id} className={layout.hidden}>
        {reason}
      </span>
    </>
  );
}

/** Asks before something is taken away: what, whom it meets, the same verb on the button. */
export function Confirm({
  asks,
  verb,
  title,
  text,
  why,
  confirmed,
  children,
}: {
  /** As of {@link ActButton}. */
  readonly asks?: Role;
  readonly verb: string;
  readonly title: string;
  readonly text: string;
  /** Why it cannot be confirmed as it stands; undefined: it can. */
  readonly why?: string | undefined;
  readonly confirmed: () => void;
  /** What is chosen before it is confirmed. */
  readonly children?: ReactNode;
}) {
  const t = useWords();
  const right = useRight(asks);
  if (right !== undefined) return <ActButton {...(asks ? { asks } : {})}>{verb}</ActButton>;
  return (
    <Dialog>
      <DialogTrigger disableButtonEnhancement>
        <Button>{verb}</Button>
      </DialogTrigger>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>
            {text}
            {children}
            {why !== undefined && <p role="alert">{why}</p>}
          </DialogContent>
          <DialogActions>
            <DialogTrigger disableButtonEnhancement>
              <Button>{t("action.cancel")}</Button>
            </DialogTrigger>
            {why === undefined ? (
              <DialogTrigger disableButtonEnhancement>
                <Button appearance="primary" onClick={confirmed}>
                  {verb}
                </Button>
              </DialogTrigger>
            ) : (
              <Button appearance="primary" disabledFocusable title={why}>
                {verb}
              </Button>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
