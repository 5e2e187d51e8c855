/**
 * The first script of `npm start`, `npm test` and `npm run bench`: nothing is installed yet when it runs.
 *
 * It only makes sure that Node.js is new enough for the rest of set-up, and hands over to it. That is why it
 * imports nothing: an older Node.js would fail on the imports, with a message that helps nobody.
 */

/** The oldest release with all that set-up uses; Debian's neighbours package it, and npm 10 comes with it. */
const NODE_MAJOR_MIN = 20;

const version = process.versions.node;
if (Number.parseInt(version, 10) < NODE_MAJOR_MIN) {
  console.error(`fastflush: Node.js ${NODE_MAJOR_MIN} or newer is needed: this is ${version}.`);
  process.exitCode = 1;
} else {
  import("./set_up.mjs")
    .then(({ main }) => main(process.argv.slice(2)))
    .then((status) => {
      process.exitCode = status;
    });
}
