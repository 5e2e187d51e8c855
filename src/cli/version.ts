/** The version of this program: that of package.json, as every_command_test.ts sees to. */
export const VERSION = "0.1.0";
