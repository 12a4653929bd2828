// A stack with a dynamic provider of Node.js, made with the real CLI: pulumi_dynamic.js FOLDER BACKEND STATE. What exists is STATE/NAME.json, which
// the provider's code reads; the code itself goes into the stack.
"use strict";
const pulumi = require("@pulumi/pulumi");
const automation = require("@pulumi/pulumi/automation");

const files = {
    async create(inputs) {
        const fs = require("fs");
        const what = { text: inputs.text, size: inputs.text.length };
        fs.writeFileSync(`${inputs.folder}/${inputs.name}.json`, JSON.stringify(what));
        return { id: inputs.name, outs: { ...inputs, ...what } };
    },
    async read(id, props) {
        const fs = require("fs");
        const path = `${props.folder}/${id}.json`;
        return fs.existsSync(path) ? { id, props: { ...props, ...JSON.parse(fs.readFileSync(path, "utf8")) } } : { id: "", props: {} };
    },
    async diff(id, olds, news) {
        return { changes: olds.text !== news.text, replaces: [], stables: ["name"] };
    },
};

class File extends pulumi.dynamic.Resource {
    constructor(name, text, folder) {
        super(files, name, { name, text, folder, size: undefined });
    }
}

async function main() {
    const [folder, backend, state] = process.argv.slice(2);
    const program = async () => {
        for (const name of ["a", "b", "c"]) new File(name, "as it was", state);
    };
    const projectSettings = { name: "proj", runtime: "nodejs", backend: { url: backend } };
    const where = { stackName: "dev", projectName: "proj", program };
    const stack = await automation.LocalWorkspace.createOrSelectStack(where, { workDir: folder, secretsProvider: "passphrase", projectSettings });
    await stack.up();
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
