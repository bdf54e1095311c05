// tests/llamacpp/run_llamacpp.cjs -- times llama.cpp's own decode: PACKAGE_FOLDER MODEL THREADS SECONDS CASE...
// A CASE is decode:BATCH:CONTEXT or prompt:TOKENS; one JSON line each, seconds of every repeat: by the clock, and of all
// threads together on a core, which with one thread leaves out what other programs took.
"use strict";
const path = require("path");

const [folder, file, threadText, secondText, ...cases] = process.argv.slice(2);
const threads = Number(threadText), budget = Number(secondText);
const PART = 512; // tokens of one pass, llama.cpp's default of -ub

const now = () => Number(process.hrtime.bigint()) / 1e9;
const token = (seq, at) => 3 + (seq * 31 + at * 7) % 500;

// Tokens [from, from + count) of a sequence, in passes of PART; the last one's logits are asked for.
async function feed(context, seq, from, count) {
    for (let at = 0; at < count; at += PART) {
        const n = Math.min(PART, count - at);
        context.initBatch(n);
        context.addToBatch(seq, from + at, Uint32Array.from({length: n}, (_, i) => token(seq, from + at + i)),
            Uint32Array.from([n - 1]));
        await context.decodeBatch();
    }
}

// Once more until the time is over; the first warms up.
async function repeat(once) {
    const seconds = [], own = [], end = now() + budget;
    for (let n = 0; n < 5 || (now() < end && n < 200); n++) {
        const begin = now(), before = process.cpuUsage();
        await once(n);
        const used = process.cpuUsage(before);
        if (n >= 1) {
            seconds.push(now() - begin);
            own.push((used.user + used.system) / 1e6);
        }
    }
    return {seconds, own};
}

async function decode(context, batch, length) {
    await feed(context, 0, 0, length);
    for (let seq = 1; seq < batch; seq++)
        await context.copySequenceStateFromOtherSequence(seq, 0);
    return repeat(async (n) => {
        context.initBatch(batch);
        for (let seq = 0; seq < batch; seq++) { // the token after the context, each time in the place of the last
            if (n > 0)
                context.removeTokenCellsFromSequence(seq, length, length + 1);
            context.addToBatch(seq, length, Uint32Array.from([token(seq, length + n)]), Uint32Array.from([0]));
        }
        await context.decodeBatch();
    });
}

async function main() {
    const addon = require(path.join(folder, "llama-addon.node"));
    addon.setLogger(() => {});
    addon.setLoggerLogLevel(1);
    addon.loadBackends();
    addon.loadBackends(folder);
    await addon.init();
    const model = new addon.AddonModel(file, {addonExports: addon, gpuLayers: 0, useMmap: true});
    if (!await model.init())
        throw new Error(`llama.cpp does not load ${file}`);
    for (const one of cases) {
        const [kind, a, b] = one.split(":");
        const batch = kind === "decode" ? Number(a) : 1, length = Number(kind === "decode" ? b : a);
        const context = new addon.AddonContext(model, {contextSize: (length + 64) * batch, sequences: batch,
            batchSize: Math.max(PART, batch), flashAttention: "auto", threads});
        if (!await context.init())
            throw new Error("llama.cpp makes no context");
        const timed = kind === "decode" ? await decode(context, batch, length) : await repeat(async () => {
            context.disposeSequence(0);
            await feed(context, 0, 0, length);
        });
        process.stdout.write(JSON.stringify({case: one, ...timed}) + "\n");
        await context.dispose();
    }
    await model.dispose();
}

main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
});
