# Impasto with its studio on PyTorch's CPU build, for a user who is no superuser: see docs/installing.md.
#
# docker build --tag impasto .
# On another index than PyTorch's own page names: --build-arg TORCH_INDEX=ADDRESS

FROM python:3.12-slim AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src src
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
# The index of PyTorch's CPU builds, which its page shows for Linux, Pip, CPU; without it, CUDA comes along.
ARG TORCH_INDEX=""
COPY constraints.txt /tmp/constraints.txt
COPY --from=wheel /wheels /wheels
RUN python -m pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch$(sed -n 's/^torch\(==[0-9.]*\).*/\1/p' /tmp/constraints.txt)" \
    && python -m pip install --no-cache-dir --constraint /tmp/constraints.txt "$(echo /wheels/*.whl)[studio,curves,faces,heic]" \
    && rm -r /wheels /tmp/constraints.txt \
    && useradd --create-home painter \
    && install --directory --owner painter /data /work
USER painter
WORKDIR /work
ENV IMPASTO_CACHE=/data/cache
# Published only with a password: `impasto studio --host` asks for one, see docs/installing.md.
EXPOSE 7860
ENTRYPOINT ["impasto"]
CMD ["--help"]
