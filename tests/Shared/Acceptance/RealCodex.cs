using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Acceptance;

/// <summary>The Codex of this machine, by CODEXPORT_TEST_CODEX or on PATH.</summary>
internal static class RealCodex
{
    /// <summary>The environment of the tests themselves.</summary>
    public static EngineContext Surroundings { get; } = new(
        new CodexportHome(Path.GetTempPath(), Path.GetTempPath()), new PhysicalFileSystem(), TimeProvider.System);

    public static CodexProgram? Find()
    {
        if (Environment.GetEnvironmentVariable("CODEXPORT_TEST_CODEX") is { Length: > 0 } given)
        {
            return File.Exists(given) ? new CodexProgram(Path.GetFullPath(given)) : null;
        }

        return CodexProgram.Find(Surroundings);
    }

    /// <summary>Every Codex to test with: the one above, and further versions whose paths CODEXPORT_TEST_CODEX_OTHERS holds as PATH holds folders.</summary>
    public static IReadOnlyList<CodexProgram> FindAll()
    {
        var others = Environment.GetEnvironmentVariable("CODEXPORT_TEST_CODEX_OTHERS") ?? string.Empty;
        return [
            .. Find() is { } newest ? [newest] : Array.Empty<CodexProgram>(),
            .. others.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(File.Exists).Select(path => new CodexProgram(Path.GetFullPath(path))),
        ];
    }

    /// <summary>Their paths, for tests that run with each; an empty one where there is none, so that such a test skips itself.</summary>
    public static TheoryData<string> Versions => FindAll() is { Count: > 0 } all ? [.. all.Select(codex => codex.Path)] : [string.Empty];

    /// <summary>One of <see cref="Versions"/>; skips the test where there is none.</summary>
    public static CodexProgram Require(string path) => path.Length > 0 ? new CodexProgram(path) : Require();

    /// <summary>The program; skips the test where there is none.</summary>
    public static CodexProgram Require()
    {
        var codex = Find();
        Assert.SkipWhen(codex is null, "No 'codex' is on PATH and CODEXPORT_TEST_CODEX names none.");
        return codex!;
    }
}
