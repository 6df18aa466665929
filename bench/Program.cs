using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Codexport.Benchmarks.Comparisons;

// compare [NAME…]   whole processes, each against a peer, as ratios measured in this run
// anything else     BenchmarkDotNet over the engine, e.g. --filter '*Toml*'
if (args is ["compare", .. var names])
{
    return await ComparisonSuite.RunAsync(names, CancellationToken.None);
}

// In this process: a generated project elsewhere would not find this repository's build rules.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(ComparisonSuite).Assembly).Run(args, config);
return 0;
