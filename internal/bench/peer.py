"""The same training program in PyTorch, for `gradus bench`.

It reads one request a line, as JSON, and answers each with a line of JSON, so
that the bench can take turns between the kit and its peer. Requests:
  {"do": "hello"}                                     versions
  {"do": "train", "how": "tight" | "dataloader", "batch", "width", "seed", "epochs"}
  {"do": "predict", "how": "single" | "all"}          with the network trained last
  {"do": "data", "how": "cold" | "cached", "folder"}  MNIST from its files, or from tensors saved before
"""
import gzip
import json
import os
import struct
import sys
import time

import torch
from torch import nn

data = os.environ["GRADUS_MNIST"]  # the folder with the four files
cores = int(os.environ.get("GRADUS_CORES", "0"))
if cores:
    torch.set_num_threads(cores)
device = torch.device("cuda" if os.environ.get("GRADUS_CUDA") and torch.cuda.is_available() else "cpu")


def idx(name, folder=data):
    """An IDX file as a tensor of bytes."""
    with gzip.open(os.path.join(folder, name)) as f:
        raw = bytearray(f.read())
    axes = raw[3]
    dims = struct.unpack(f">{axes}I", raw[4:4 + 4 * axes])
    return torch.frombuffer(raw, dtype=torch.uint8, offset=4 + 4 * axes).reshape(*dims)


images, labels = idx("train-images-idx3-ubyte.gz"), idx("train-labels-idx1-ubyte.gz").long()
test_images, test_labels = idx("t10k-images-idx3-ubyte.gz"), idx("t10k-labels-idx1-ubyte.gz").long()
network = None


class PerSample(torch.utils.data.Dataset):
    """The usual way: one example at a time, through a transform, as torchvision does."""

    def __len__(self):
        return len(images)

    def __getitem__(self, i):
        return images[i].float().div(255).reshape(784), int(labels[i])


def sync():
    if device.type == "cuda":
        torch.cuda.synchronize()


def tight(batch, generator):
    order = torch.randperm(len(images), generator=generator).to(device)
    for at in range(0, len(order), batch):
        rows = order[at:at + batch]
        yield train_x[rows], train_y[rows]


def usual(batch, generator):
    for x, y in torch.utils.data.DataLoader(PerSample(), batch_size=batch, shuffle=True, generator=generator):
        yield x.to(device), y.to(device)


def accuracy(x, y):
    with torch.no_grad():
        return (network(x).argmax(1) == y).float().mean().item()


def train(how, batch, width, seed, epochs):
    global network, train_x, train_y
    train_x, train_y = images.reshape(-1, 784).float().div(255).to(device), labels.to(device)
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(784, width), nn.ReLU(), nn.Linear(width, max(width // 2, 1)), nn.ReLU(), nn.Linear(max(width // 2, 1), 10)).to(device)
    optimizer, loss = torch.optim.Adam(network.parameters(), lr=1e-3), nn.CrossEntropyLoss()
    generator = torch.Generator().manual_seed(seed)
    seconds = []
    for _ in range(epochs):
        sync()
        start = time.perf_counter()
        for x, y in (tight if how == "tight" else usual)(batch, generator):
            optimizer.zero_grad()
            loss(network(x), y).backward()
            optimizer.step()
        sync()
        seconds.append(time.perf_counter() - start)
    test_x = test_images.reshape(-1, 784).float().div(255).to(device)
    return {"seconds": seconds, "test_accuracy": accuracy(test_x, test_labels.to(device))}


def predict(how):
    x = test_images.reshape(-1, 784).float().div(255).to(device)
    seconds = []
    with torch.no_grad():
        for k in range(500 if how == "single" else 20):
            start = time.perf_counter()
            answer = torch.softmax(network(x[k:k + 1] if how == "single" else x), 1).cpu()
            seconds.append(time.perf_counter() - start)
            assert answer.shape[1] == 10
    return {"seconds": seconds}


def load(how, folder):
    """MNIST as tensors: decoded, which leaves a file of tensors as torchvision does, or from that file."""
    saved = os.path.join(folder, "mnist.pt")
    start = time.perf_counter()
    if how == "cold":
        names = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
        tensors = [idx(name, os.path.join(folder, "mnist")) for name in names]
        torch.save(tensors, saved)
    else:
        tensors = torch.load(saved)
    seconds = time.perf_counter() - start
    assert [len(t) for t in tensors] == [60000, 60000, 10000, 10000]
    return {"seconds": [seconds]}


for line in sys.stdin:
    request = json.loads(line)
    do = request.pop("do")
    if do == "hello":
        answer = {"torch": torch.__version__, "python": sys.version.split()[0], "threads": torch.get_num_threads(),
                  "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu"}
    else:
        answer = {"train": train, "predict": predict, "data": load}[do](**request)
    print(json.dumps(answer), flush=True)
