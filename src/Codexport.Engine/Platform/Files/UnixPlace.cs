using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>A name in an open folder: where a path was found to lead.</summary>
/// <param name="Folder">The folder; null when it is not there.</param>
/// <param name="Owned">The same when it was opened for this alone.</param>
/// <param name="Name">The name.</param>
/// <param name="Errno">Why there is no folder.</param>
[UnsupportedOSPlatform("windows")]
internal readonly record struct UnixPlace(SafeFileHandle? Folder, SafeFileHandle? Owned, string Name, int Errno) : IDisposable
{
    public void Dispose() => Owned?.Dispose();
}
