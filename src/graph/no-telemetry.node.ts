/** ONNX Runtime reports home on Linux unless its environment says otherwise before its library loads. */
process.env["ORT_DISABLE_TELEMETRY"] = "1";
