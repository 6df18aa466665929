using System.Diagnostics;

namespace Codexport.Tests.Master;

/// <summary>The real git, for what it does to a folder under a watcher.</summary>
internal static class Git
{
    public static bool IsHere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "git.exe" : "git")));

    public static string Text(string side, int index) => string.Concat(Enumerable.Repeat($"{side} {index}\n", 100));

    /// <summary>Makes a repository with the branches <c>first</c> and <c>second</c>, which differ in every file.</summary>
    public static async Task MakeAsync(string folder, int files, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await RunAsync(folder, cancellationToken, "init", "-q", "-b", "first");
        foreach (var side in new[] { "first", "second" })
        {
            if (side == "second")
            {
                await RunAsync(folder, cancellationToken, "checkout", "-q", "-b", side);
            }

            for (var index = 0; index < files; index++)
            {
                var name = Path.Combine(folder, $"skill-{index / 50}", $"{index}.md");
                Directory.CreateDirectory(Path.GetDirectoryName(name)!);
                await File.WriteAllTextAsync(name, Text(side, index), cancellationToken);
            }

            await RunAsync(folder, cancellationToken, "add", ".");
            await RunAsync(folder, cancellationToken, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", side);
        }
    }

    public static async Task RunAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        // Tidying up in the background would meet the end of the test.
        string[] all = ["-c", "gc.auto=0", "-c", "maintenance.auto=false", .. arguments];
        using var process = Process.Start(new ProcessStartInfo("git", all) { WorkingDirectory = folder, RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {errors}");
    }
}
