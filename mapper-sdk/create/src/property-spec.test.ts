import assert from "node:assert/strict";
import { test } from "node:test";
import { CreateError } from "./errors.ts";
import { parseProperties } from "./property-spec.ts";

test("every type and both accesses have a short form; a unit may follow", () => {
  const specs = ["a:boolean:r", "b:int:rw:%", "c:float:r,d:double:rw", "e:string:r", "f:bytes:rw", "g:OFF/ON:rw", ""];
  const properties = parseProperties(specs);
  const shown = Object.entries(properties).map(([name, { type, access, unit, options }]) =>
    [name, type, access, unit, options?.join()].filter((part) => part !== undefined).join(" "),
  );
  assert.deepEqual(shown, [
    "a BOOLEAN r",
    "b INT rw %",
    "c FLOAT r",
    "d DOUBLE rw",
    "e STRING r",
    "f BYTES rw",
    "g STRING rw OFF,ON",
  ]);
});

const refused: readonly (readonly [spec: string, says: RegExp])[] = [
  ["level", /its access is missing; write r .* or rw/],
  ["level:int", /its access is missing/],
  ["level:int:w", /its access "w" is unknown/],
  ["level:number:r", /there is no type "number"; write boolean, int/],
  ["level:flaot:r", /did you mean "float"/],
  ["level::r", /its type is missing/],
  [":int:r", /has no name/],
  ["flow rate:int:r", /"flow rate" must have letters, digits and "_".*; for example flowRate$/],
  ["flow-rate:int:r", /; for example flowRate$/],
  ["2nd:int:r", /; for example nd$/],
  ["größe:int:r", /must have letters/],
  ["__proto__:int:r", /means something else in JavaScript/],
  ["a:int:r,a:float:r", /the property a is already there; rename one/],
  ["mode:OFF/:rw", /one of its values is empty/],
  ["mode:on/ON:rw", /differ at most in case/],
  ["a:int:r:%:5", /too many parts/],
];

for (const [spec, says] of refused) {
  test(`the property ${JSON.stringify(spec)} is refused with what to write instead`, () => {
    assert.throws(
      () => parseProperties([spec]),
      (error) => error instanceof CreateError && error.code === "PROPERTY_INVALID" && says.test(error.message),
    );
  });
}
