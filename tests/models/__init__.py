"""The models that must work: one builder per row of the list, by name.

A builder takes a size, "small" (for tests) or "full" (for benchmarks), and gives a
ModelProto with seeded random weights and two samples, each a dict of inputs.
`python -m tests.models --list` prints the names.
"""
from . import (alexnet, bert, classical, dense, dlrm, faster_rcnn, generative, gpt2, keras_cnn,
               llama, mixture, mobilenet, quantized, recurrent, recurrent_loops, resnet, speech,
               ssd, t5, tagger, transformer, trees, vision_transformer, wavenet, yolo)

MODELS = {
    # 1, 2
    "linear_regression": dense.linear_regression,
    "mlp_tiny": dense.mlp_tiny,
    "mlp": dense.mlp,
    "mlp_batch": dense.mlp_batch,
    "gemm_square": dense.gemm_square,
    "gemm_wide": dense.gemm_wide,
    # 3
    "keras_cnn": keras_cnn.keras_cnn,
    # 4, 5, 6
    "alexnet": alexnet.alexnet,
    "alexnet_lrn": alexnet.alexnet_lrn,
    "resnet18": resnet.resnet18,
    "resnet50": resnet.resnet50,
    "mobilenet_v2": mobilenet.mobilenet_v2,
    "mobilenet_v3": mobilenet.mobilenet_v3,
    # 7
    "ssd": ssd.ssd,
    "yolo": yolo.yolo,
    "faster_rcnn": faster_rcnn.faster_rcnn,
    # 8, 9
    "transformer": transformer.transformer,
    "bert": bert.bert,
    "bert_dynamic": bert.bert_dynamic,
    # 10
    "gpt2_decode": gpt2.gpt2_decode,
    "gpt2_prefill": gpt2.gpt2_prefill,
    "llama_decode": llama.llama_decode,
    "llama_prefill": llama.llama_prefill,
    # 11
    "t5": t5.t5,
    "whisper_encoder": vision_transformer.whisper_encoder,
    "vit": vision_transformer.vit,
    # 12
    "lstm": recurrent.lstm,
    "gru": recurrent.gru,
    "rnn": recurrent.rnn,
    "bilstm": recurrent.bilstm,
    "lstm_lengths": recurrent.lstm_lengths,
    "lstm_scan": recurrent_loops.lstm_scan,
    "gru_loop": recurrent_loops.gru_loop,
    "rnn_unrolled": recurrent_loops.rnn_unrolled,
    "tagger_scan": tagger.tagger_scan,
    "tagger_loop": tagger.tagger_loop,
    # 13, 14
    "acoustic": speech.acoustic,
    "speech_attention": speech.speech_attention,
    "wavenet": wavenet.wavenet,
    # 15, 16, 17
    "dcgan": generative.dcgan,
    "diffusion_unet": generative.diffusion_unet,
    "dlrm": dlrm.dlrm,
    "dlrm_batch": dlrm.dlrm_batch,
    "mixture": mixture.mixture,
    "mixture_dense": mixture.mixture_dense,
    # 18
    "forest_classifier": trees.forest_classifier,
    "boosted_regressor": trees.boosted_regressor,
    "boosted_classifier": trees.boosted_classifier,
    "logistic_regression": classical.logistic_regression,
    "ridge": classical.ridge,
    "support_vector_regressor": classical.support_vector_regressor,
    "support_vector_classifier": classical.support_vector_classifier,
    "pipeline_zipmap": classical.pipeline_zipmap,
    "pipeline_columns": classical.pipeline_columns,
    # 19
    "qdq_mlp": quantized.qdq_mlp,
    "qdq_resnet": quantized.qdq_resnet,
    "qoperator_resnet": quantized.qoperator_resnet,
    "dynamic_bert": quantized.dynamic_bert,
    "nbits_swiglu": quantized.nbits_swiglu,
}
