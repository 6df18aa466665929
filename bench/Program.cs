using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Codexport.Benchmarks;
using Codexport.Benchmarks.Comparisons;
using Codexport.Benchmarks.Recording;

// compare [NAME…]   whole processes, each against a peer, as ratios measured in this run
// unicode FILE      writes the engine's tables of Unicode forms anew
// wire FOLDER       records a join, syncs and a leave of the built program, for tests/data/wire-VERSION
// anything else     BenchmarkDotNet over the engine, e.g. --filter '*Toml*'
if (args is ["compare", .. var names])
{
    return await ComparisonSuite.RunAsync(names, CancellationToken.None);
}

if (args is ["unicode", var path])
{
    return UnicodeTableWriter.Write(path);
}

if (args is ["wire", var folder])
{
    return await WireRecorder.RunAsync(folder, CancellationToken.None);
}

// In this process: a generated project elsewhere would not find this repository's build rules.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(ComparisonSuite).Assembly).Run(args, config);
return 0;
