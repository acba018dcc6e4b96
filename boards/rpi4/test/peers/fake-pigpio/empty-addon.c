// What npm leaves behind when it builds `pigpio` on a machine without the C library: a shared object with nothing in it.
int edgetwin_empty_addon;
