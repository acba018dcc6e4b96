import { type CheckedLoop, type Mapper, MapperError, type Model, parseClosedLoops } from "@edgetwin/mapper-sdk";
import { annotations, type Device, parseJsonText } from "@edgetwin/models";

/**
 * How writes to a device are verified through other properties: the mapper's own way, then the model's, then the
 * device's; later ones win, property by property.
 *
 * @throws MapperError `CONFIG_INVALID` naming annotation, property and fix.
 */
export function verifyOf(
  device: Device,
  { model, mapper }: { readonly model: Model; readonly mapper: Mapper },
): ReadonlyMap<string, CheckedLoop> | undefined {
  const declared = { ...mapper.model.verify, ...model.verify, ...ofDevice(device) };
  if (Object.keys(declared).length === 0) return undefined;
  const { loops, issues } = parseClosedLoops(model.properties, declared);
  const problems = issues.map(({ path, message }) => `${annotations.verify}.${path}: ${message}`);
  for (const [name, { by }] of loops) {
    if (name in mapper.model.properties && !(by in mapper.model.properties)) {
      problems.push(
        `${annotations.verify}.${name}.by: nothing says where "${by}" lives on the device; give it visitors`,
      );
    }
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  return loops;
}

function ofDevice({ metadata }: Device): object {
  const text = metadata.annotations?.[annotations.verify];
  if (text === undefined) return {};
  try {
    const parsed = parseJsonText(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Falls through: told below, with what was given.
  }
  const example = '{"power":{"by":"rpm","when":{"ON":{"min":300}}}}';
  throw new MapperError("CONFIG_INVALID", `annotation ${annotations.verify} is not JSON like ${example}: ${text}`);
}
