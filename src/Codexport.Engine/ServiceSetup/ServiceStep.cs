using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.ServiceSetup;

/// <summary>One thing that installing or uninstalling does. A dry run shows the same steps that a real run takes.</summary>
internal abstract record ServiceStep;

/// <summary>Writes a file, its folder too where that is missing.</summary>
/// <param name="File">The file.</param>
internal sealed record WriteFileStep(ServiceFileContent File) : ServiceStep;

/// <summary>Makes a folder; nothing happens when it is there.</summary>
/// <param name="Path">The folder.</param>
internal sealed record CreateFolderStep(string Path) : ServiceStep;

/// <summary>Copies the files of a folder (not those of folders in it) to another one.</summary>
/// <param name="Source">From where.</param>
/// <param name="Target">To where.</param>
internal sealed record CopyFolderStep(string Source, string Target) : ServiceStep;

/// <summary>Deletes a file; nothing happens when it is not there.</summary>
/// <param name="Path">The file.</param>
internal sealed record DeleteFileStep(string Path) : ServiceStep;

/// <summary>Deletes a folder with everything in it; nothing happens when it is not there.</summary>
/// <param name="Path">The folder.</param>
internal sealed record DeleteFolderStep(string Path) : ServiceStep;

/// <summary>Runs a program of the service manager.</summary>
/// <param name="Request">The program.</param>
/// <param name="MayFail">Whether its failure is not a failure of the whole.</param>
internal sealed record CommandStep(ProcessRequest Request, bool MayFail = false) : ServiceStep;

/// <summary>Waits until a condition holds.</summary>
/// <param name="What">What is waited for, for the error when it does not come.</param>
/// <param name="IsSo">Asks.</param>
internal sealed record WaitStep(string What, Func<CancellationToken, Task<bool>> IsSo) : ServiceStep;
