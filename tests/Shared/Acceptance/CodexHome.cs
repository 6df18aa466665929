using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Acceptance;

/// <summary>A throw-away home to install hooks and configurations into.</summary>
public sealed class CodexHome : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("codexport-test-").FullName;

    public CodexHome(bool withCodex = false)
    {
        Directory.CreateDirectory(Codex);
        Context = new EngineContext(new CodexportHome(User, Codex), new PhysicalFileSystem(), TimeProvider.System)
        {
            Environment = name => name switch
            {
                "HOME" or "USERPROFILE" => User,
                "PATH" when withCodex => Path.GetDirectoryName((Program ?? RealCodex.Require()).Path) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
                "PATH" => string.Empty,
                _ => null,
            },
        };
    }

    public EngineContext Context { get; init; }

    /// <summary>The Codex that is on the path, when not the usual one.</summary>
    internal CodexProgram? Program { get; set; }

    public string Root => _root;

    public string User => Path.Combine(_root, "user");

    public string Codex => Path.Combine(User, ".codex");

    public string HooksFile => Path.Combine(Codex, "hooks.json");

    public string ConfigFile => Path.Combine(Codex, "config.toml");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>Every file below the home with its bytes, but for Codexport's own state.</summary>
    public Dictionary<string, string> Snapshot() => Directory.EnumerateFiles(Codex, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, path => Convert.ToBase64String(File.ReadAllBytes(path)));
}
