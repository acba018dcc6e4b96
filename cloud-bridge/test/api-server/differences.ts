import type { Answer } from "../../src/api-server/testing/test-server.ts";

/** A recorded request, what kube-apiserver answered and what we answer. */
export interface Compared {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly answer: unknown;
  readonly answered: Answer;
}

/** Where answers differ on purpose. docs/reference/standalone-api.md has the same names; a test compares the two. */
export interface Difference {
  readonly name: string;
  readonly applies: (compared: Compared) => boolean;
}

const message = ({ answer }: Compared): string => String((answer as { message?: unknown } | undefined)?.message ?? "");
const bodyOf = ({ body }: Compared): string => JSON.stringify(body ?? "");

export const differences: readonly Difference[] = [
  {
    name: "unreadable bodies",
    applies: (of) => of.answered.status === 400 && message(of).startsWith("the object provided is unrecognized"),
  },
  {
    name: "warnings of refused requests",
    applies: (of) =>
      of.answered.status === of.status &&
      of.status >= 400 &&
      /does not match the expected|apiVersion: Invalid value/.test(message(of)),
  },
  {
    name: "copies of objects in messages",
    applies: (of) => of.answered.status === 422 && message(of).startsWith(' "" is invalid: patch: Invalid value: '),
  },
  {
    name: "managers after they were cleared",
    applies: (of) => of.method === "PUT" && of.answered.status === 200 && bodyOf(of).includes("put3"),
  },
];
