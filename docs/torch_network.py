"""A network of deltasweep in PyTorch: build it, load its weights, and reach the accuracy that deltasweep reports.

    deltasweep train --dataset digits --network 784-96-10 --save net.safetensors
    python3 docs/torch_network.py net.safetensors 784-96-10 digits

It needs torch and numpy alone. The names of the tensors are those of a plain nn.Sequential, so any other model whose
state_dict has these names and shapes takes them as well.
"""
import argparse
import gzip
import json
import pathlib
import re

import numpy
import torch
from torch import nn


class Quantise(nn.Module):
    """Numbers of `bits` bits with their sign, `frac` of them fraction; to nearest, ties away from zero."""

    def __init__(self, bits, frac):
        super().__init__()
        self.low, self.high, self.scale = -(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1, 2.0**frac

    def forward(self, x):
        s = (x * self.scale).clamp(self.low, self.high)
        return torch.trunc(s + torch.copysign(torch.tensor(0.49999997), s)) / self.scale


class Activation(nn.Module):
    """HardTanh, of quantised numbers unless the code is float. In the place of nn.Hardtanh() of a float network."""

    def __init__(self, quantise):
        super().__init__()
        self.quantise = quantise

    def forward(self, x):
        return nn.functional.hardtanh(x if self.quantise is None else self.quantise(x))


class Network(nn.Sequential):
    """The layers of `words`, as docs/networks.md writes them: 784-96-10, 28x28x1-16c3-p2-10. `weight_bits` and
    `frac_bits` are those of the code; None for the scheme float. Images are N x C x H x W, tables N x features."""

    def __init__(self, words, weight_bits=8, frac_bits=5):
        words = words.split("-")
        exact = weight_bits is None
        size = [int(n) for n in words[0].split("x")]
        height, width, channels = (size + [1])[:3] if len(size) > 1 else (1, 1, size[0])
        layers, flat = [], len(size) == 1
        for k, word in enumerate(words[1:]):
            convolution = re.fullmatch(r"(\d+)c(\d+)(?:s(\d+))?", word)
            if convolution:
                out, kernel, stride = (int(n or 1) for n in convolution.groups())
                layers += [nn.Conv2d(channels, out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(out)]
                channels, height, width = out, -(-height // stride), -(-width // stride)
            elif word[0] == "p":
                layers += [nn.MaxPool2d(int(word[1:]))]
                height, width = height // int(word[1:]), width // int(word[1:])
                continue
            else:
                if not flat and any(isinstance(layer, nn.Conv2d) for layer in layers):
                    layers += [nn.Flatten()]
                features = channels if flat else channels * height * width
                layers += [nn.Linear(features, int(word), bias=False), nn.BatchNorm1d(int(word))]
                flat, channels = True, int(word)
            if k + 2 < len(words):
                layers += [Activation(None if exact else Quantise(weight_bits, frac_bits))]
        super().__init__(*layers)
        self.inputs = None if exact else Quantise(min(weight_bits, frac_bits + 2), frac_bits)
        self.images = len(size) > 1 and isinstance(layers[0], nn.Conv2d)

    def forward(self, x):
        x = x if self.images else x.flatten(1)
        return super().forward(x if self.inputs is None else self.inputs(x))


def read_safetensors(path):
    """The tensors of a file that deltasweep wrote (all are F32); safetensors.torch.load_file does the same."""
    data = pathlib.Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(numpy.frombuffer(data[8 + length + t["data_offsets"][0] : 8 + length + t["data_offsets"][1]],
                                                "<f4").reshape(t["shape"]).copy())
        for name, t in header.items()
    }


def read_test_set(folder):
    """Inputs (N x H x W x C, or N x features) and labels of a folder of .npy arrays or IDX files."""
    folder = pathlib.Path(folder)
    if (folder / "test-x.npy").exists():
        x, y = numpy.load(folder / "test-x.npy"), numpy.load(folder / "test-y.npy").reshape(-1)
    else:
        found = []
        for kind in ("images", "labels"):
            path = sorted(folder.glob(f"t10k-{kind}*"))[0]
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            shape = [int.from_bytes(data[4 + 4 * k : 8 + 4 * k], "big") for k in range(data[3])]
            found.append(numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3]).reshape(shape))
        x, y = found
    pixels = x.dtype == numpy.uint8
    x = x.astype("float32")
    return torch.from_numpy(x / 255 * 2 - 1 if pixels else x), torch.from_numpy(y.astype("int64"))


def accuracy(network, x, y):
    """The fraction of the images that are classified right."""
    network.eval()
    if network.images:
        x = (x if x.dim() == 4 else x.unsqueeze(-1)).permute(0, 3, 1, 2)
    with torch.no_grad():
        return (network(x.contiguous()).argmax(1) == y).float().mean().item()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("weights"), options.add_argument("network"), options.add_argument("dataset")
    options.add_argument("--weight-bits", type=int, default=8), options.add_argument("--frac-bits", type=int, default=5)
    options.add_argument("--float", action="store_true", help="for the scheme float")
    given = options.parse_args()
    net = Network(given.network, None if given.float else given.weight_bits, given.frac_bits)
    net.load_state_dict(read_safetensors(given.weights))
    print(f"test_accuracy {accuracy(net, *read_test_set(given.dataset)):.5f}")
