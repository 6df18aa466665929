using Codexport.Tests.Shared;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>What the native hook adds to a session of the real Codex when there is no news, against a hook that runs <c>true</c>.</summary>
internal static class SessionComparisons
{
    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var codex = Workbench.Require("codex");
        var env = Workbench.Require("env");
        await using var model = new ModelServer();
        var master = bench.NewCodexHome("master", 20);
        await File.WriteAllTextAsync(Path.Combine(master, ".codex", "config.toml"), model.Configuration, cancellationToken);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (_, port) = await bench.StartMasterAsync(master, cancellationToken);
        var follower = bench.NewFolder("follower");
        await bench.CodexportAsync(follower, cancellationToken, "follower", "join", await bench.JoinLinkAsync(master, port, cancellationToken), "--apply");
        await bench.CodexportAsync(follower, cancellationToken, "hook", "install", "--runner", "native");
        var plain = await HomeWithTrueAsync(bench, model, cancellationToken);

        var times = await Workbench.MediansAsync(
            15,
            cancellationToken,
            (env, Session(plain, codex)),
            (env, Session(follower, codex)));
        return [new("session with the native hook / with a hook that runs 'true'", $"{times[1]:0} ms", $"{times[0]:0} ms", times[1] / times[0], 1.3)];
    }

    // The same hook in the same place, only that it runs 'true'.
    private static async Task<string> HomeWithTrueAsync(Workbench bench, ModelServer model, CancellationToken cancellationToken)
    {
        var home = bench.NewCodexHome("plain", 20);
        await File.WriteAllTextAsync(Path.Combine(home, ".codex", "config.toml"), model.Configuration, cancellationToken);
        var program = Path.Combine(bench.NewFolder("bin"), "codexport");
        File.CreateSymbolicLink(program, Workbench.Require("true"));
        await bench.CodexportAsync(home, cancellationToken, "hook", "install", "--runner", "native", "--program", program);
        return home;
    }

    private static string[] Session(string home, string codex)
        => [$"CODEX_HOME={Path.Combine(home, ".codex")}", $"HOME={home}", codex, "exec", "--skip-git-repo-check", "--cd", home, "say hi"];
}
