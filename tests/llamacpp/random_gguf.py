"""GGUF files of random models, as small as llama.cpp takes them: a dense one like Llama, and a mixture like Qwen3-MoE.

The form is that of ggml's docs/gguf.md: a head of typed keys, the tensors' names, shapes and places, then their data.
Weights are one random block of their format again and again: how long a pass takes does not depend on them.
"""
import random
import struct

TYPE = {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 8}
BLOCK = {"F32": (1, 4), "F16": (1, 2), "Q4_0": (32, 18), "Q8_0": (32, 34)}  # weights and bytes of one
VOCABULARY = 512
ALIGN = 32

DENSE = {"arch": "llama", "layers": 12, "width": 1536, "heads": 12, "kv_heads": 4, "inner": 6144}
MIXTURE = {"arch": "qwen3moe", "layers": 8, "width": 1024, "heads": 16, "kv_heads": 4, "inner": 768, "experts": 32,
           "active": 4}
HEAD = 128  # wide


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def key(name, kind, value):
    head = text(name)
    if kind == "u32":
        return head + struct.pack("<II", 4, value)
    if kind == "f32":
        return head + struct.pack("<If", 6, value)
    if kind == "text":
        return head + struct.pack("<I", 8) + text(value)
    if kind == "texts":
        return head + struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
    form, number = {"floats": ("f", 6), "ints": ("i", 5)}[kind]
    return head + struct.pack("<IIQ", 9, number, len(value)) + struct.pack(f"<{len(value)}{form}", *value)


def pattern(form):
    """Some 100 kB of blocks, of values around 0.03."""
    r = random.Random(7)
    if form == "F32":
        return struct.pack("<f", 1.0) * 4096
    if form == "F16":
        return b"".join(struct.pack("<e", r.gauss(0, 0.03)) for _ in range(32768))
    scale, byte = {"Q8_0": (0.0003, 32), "Q4_0": (0.006, 16)}[form]
    return b"".join(struct.pack("<e", scale) + bytes(r.getrandbits(8) for _ in range(byte)) for _ in range(4096))


def tensors(shape, form):
    """(name, dimensions with the row first, format): norms and routers stay in FP32, as converters leave them."""
    width, inner, kv = shape["width"], shape["inner"], shape["kv_heads"] * HEAD
    out = [("token_embd", (width, VOCABULARY), form), ("output_norm", (width,), "F32"),
           ("output", (width, VOCABULARY), form)]
    for i in range(shape["layers"]):
        layer = [("attn_norm", (width,), "F32"), ("ffn_norm", (width,), "F32"),
                 ("attn_q", (width, shape["heads"] * HEAD), form), ("attn_k", (width, kv), form),
                 ("attn_v", (width, kv), form), ("attn_output", (shape["heads"] * HEAD, width), form)]
        if "experts" in shape:
            n = shape["experts"]
            layer += [("attn_q_norm", (HEAD,), "F32"), ("attn_k_norm", (HEAD,), "F32"),
                      ("ffn_gate_inp", (width, n), "F32"), ("ffn_gate_exps", (width, inner, n), form),
                      ("ffn_up_exps", (width, inner, n), form), ("ffn_down_exps", (inner, width, n), form)]
        else:
            layer += [("ffn_gate", (width, inner), form), ("ffn_up", (width, inner), form),
                      ("ffn_down", (inner, width), form)]
        out += [(f"blk.{i}.{name}", size, of) for name, size, of in layer]
    return [(f"{name}.weight", size, of) for name, size, of in out]


def keys(shape):
    arch = shape["arch"]
    own = [("context_length", "u32", 8192), ("embedding_length", "u32", shape["width"]),
           ("block_count", "u32", shape["layers"]), ("feed_forward_length", "u32", shape["inner"]),
           ("attention.head_count", "u32", shape["heads"]), ("attention.head_count_kv", "u32", shape["kv_heads"]),
           ("attention.key_length", "u32", HEAD), ("attention.value_length", "u32", HEAD),
           ("attention.layer_norm_rms_epsilon", "f32", 1e-5), ("rope.freq_base", "f32", 10000.0),
           ("rope.dimension_count", "u32", HEAD), ("vocab_size", "u32", VOCABULARY)]
    if "experts" in shape:
        own += [("expert_count", "u32", shape["experts"]), ("expert_used_count", "u32", shape["active"]),
                ("expert_feed_forward_length", "u32", shape["inner"])]
    # A tokenizer of sentencepiece's kind: three words of control, 256 bytes, and words nobody says.
    words = ["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)]
    words += [f"w{i}" for i in range(VOCABULARY - len(words))]
    return ([key("general.architecture", "text", arch), key("general.name", "text", "random")] +
            [key(f"{arch}.{name}", kind, value) for name, kind, value in own] +
            [key("tokenizer.ggml.model", "text", "llama"), key("tokenizer.ggml.tokens", "texts", words),
             key("tokenizer.ggml.scores", "floats", [0.0] * VOCABULARY),
             key("tokenizer.ggml.token_type", "ints", [2, 3, 3] + [6] * 256 + [1] * (VOCABULARY - 259)),
             key("tokenizer.ggml.bos_token_id", "u32", 1), key("tokenizer.ggml.eos_token_id", "u32", 2)])


def write(path, shape, form):
    """The file; returns the bytes of its weights."""
    head, place, plan = b"", 0, []
    for name, size, of in tensors(shape, form):
        count = 1
        for n in size:
            count *= n
        byte = count // BLOCK[of][0] * BLOCK[of][1]
        head += text(name) + struct.pack(f"<I{len(size)}QIQ", len(size), *size, TYPE[of], place)
        plan.append((of, byte))
        place += byte + -byte % ALIGN
    meta = keys(shape)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(plan), len(meta)) + b"".join(meta) + head
    data = {of: pattern(of) * 32 for of in {of for of, _ in plan}}
    with open(path, "wb") as f:
        f.write(head + bytes(-len(head) % ALIGN))
        for of, byte in plan:
            for left in range(byte, 0, -len(data[of])):
                f.write(data[of][:left])
            f.write(bytes(-byte % ALIGN))
    return sum(byte for _, byte in plan)
