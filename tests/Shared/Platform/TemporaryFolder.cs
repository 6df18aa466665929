namespace Codexport.Tests.Platform;

/// <summary>A fresh folder that goes away with the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("codexport-test-").FullName;

    private TemporaryFolder(string path) => Path = Directory.CreateDirectory(path).FullName;

    /// <summary>In memory where the system has such a place: for tests that flush hundreds of times and do not mean the disk.</summary>
    public static TemporaryFolder InMemory() => Directory.Exists("/dev/shm")
        ? new TemporaryFolder("/dev/shm/codexport-test-" + Guid.NewGuid().ToString("N"))
        : new TemporaryFolder();

    public string Path { get; }

    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
