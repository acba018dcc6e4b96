"""A Modbus unit by pymodbus, for tests: `server.py tcp PORT` or `server.py rtu /dev/pts/N`."""
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartSerialServer, StartTcpServer
from pymodbus.transaction import ModbusRtuFramer

registers = list(range(200))
# 21.50888824 as IEEE 754 is 0x41ac1234; high word first, then low word first.
registers[100:104] = [0x41AC, 0x1234, 0x1234, 0x41AC]
unit = ModbusSlaveContext(
    co=ModbusSequentialDataBlock(0, [0] * 100),
    di=ModbusSequentialDataBlock(0, [1 if index % 3 == 0 else 0 for index in range(100)]),
    hr=ModbusSequentialDataBlock(0, registers),
    ir=ModbusSequentialDataBlock(0, [1000 + index for index in range(200)]),
    zero_mode=True,
)
context = ModbusServerContext(slaves={1: unit}, single=False)
identity = ModbusDeviceIdentification()
identity.VendorName = "Pymodbus"
identity.ProductCode = "PM"
identity.MajorMinorRevision = "3.0"
kind, place = sys.argv[1:]
print("ready", flush=True)
if kind == "tcp":
    # What the last one left behind would keep the port for a minute.
    StartTcpServer(
        context=context, identity=identity, address=("127.0.0.1", int(place)), allow_reuse_address=True
    )
else:
    StartSerialServer(
        context=context, identity=identity, port=place, framer=ModbusRtuFramer, baudrate=19200, timeout=1
    )
