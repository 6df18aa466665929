using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Codexport.Benchmarks.Comparisons;

namespace Codexport.Benchmarks.Recording;

/// <summary>
/// Records what the program of a release says to a master and what the master answers, for <c>tests/data/wire-VERSION</c>: a join, a sync
/// without news, one with a change, and leaving. The master's home lies beside it as it was before, with a key that belongs to nobody.
/// </summary>
internal static class WireRecorder
{
    public static async Task<int> RunAsync(string target, CancellationToken cancellationToken)
    {
        await using var bench = new Workbench();
        var master = MakeHome(bench.NewFolder("master"));
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        // Makes the invite, so that it lies in the home that is kept.
        await bench.JoinLinkAsync(master, 1, cancellationToken);
        CopyFolder(master, Path.Combine(target, "master"));
        // The one file that says where all of it lay.
        File.WriteAllText(Path.Combine(target, "master/.codexport/state/codex-home"), "/srv/codexport/master/.codex\n");

        var (_, masterPort) = await bench.StartMasterAsync(master, cancellationToken, "--no-watch");
        using var certificate = MakeCertificate(master);
        await using var proxy = new RecordingProxy(certificate, masterPort);
        proxy.Start();
        var follower = bench.NewFolder("follower");
        var link = await bench.JoinLinkAsync(master, proxy.Port, cancellationToken);

        await RecordAsync("1-join", "follower", "join", link, "--name", "laptop", "--apply");
        await RecordAsync("2-still", "sync", "--quick");
        Change(master);
        await bench.CodexportAsync(master, cancellationToken, "master", "rebuild", "--accept-deletions");
        while (!File.Exists(Path.Combine(follower, ".codex", "skills", "two", "SKILL.md")))
        {
            // The server takes up what was published in its own time; only the sync that brings it is kept.
            await RecordAsync("3-change", "sync", "--apply");
        }

        await RecordAsync("4-leave", "follower", "leave");
        return 0;

        async Task RecordAsync(string part, params string[] arguments)
        {
            proxy.Folder = Path.Combine(target, part);
            if (Directory.Exists(proxy.Folder))
            {
                Directory.Delete(proxy.Folder, recursive: true);
            }

            Directory.CreateDirectory(proxy.Folder);
            await bench.CodexportAsync(follower, cancellationToken, arguments);
        }
    }

    private static string MakeHome(string home)
    {
        Write(home, ".codex/AGENTS.md", "# Rules\n");
        Write(home, ".codex/config.toml", "# team\nmodel = \"gpt-5-codex\"\n\n[mcp_servers.docs]\ncommand = \"docs-server\"\n");
        Write(home, ".codex/skills/one/SKILL.md", "first skill\n");
        return home;
    }

    // What tests do on today's master as well: a file more, one less, one that differs.
    private static void Change(string home)
    {
        Write(home, ".codex/skills/two/SKILL.md", "second skill\n");
        Write(home, ".codex/AGENTS.md", "# Other rules\n");
        File.Delete(Path.Combine(home, ".codex/skills/one/SKILL.md"));
    }

    private static void Write(string home, string path, string text)
    {
        var full = Path.Combine(home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private static void CopyFolder(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    private static X509Certificate2 MakeCertificate(string master)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(master, ".codexport", "master", "key.pem")));
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=codexport", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }
}
