param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-LoneFollower $ProgramPath $TestDrive
}

Describe 'Get-CodexportTimer' {
    It 'says that there is none, and changes nothing' {
        $before = Get-Snapshot $TestDrive
        (Get-CodexportTimer -HomePath $user).Installed | Should -BeFalse
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'knows no next run where there is none' {
        $result = Get-CodexportTimer -HomePath $user
        $result.PSObject.Properties.Name | Should -Contain 'NextRun'
        $result.NextRun | Should -BeNullOrEmpty
    }

    It 'writes what the program prints' {
        Assert-SameJson (Get-CodexportTimer -HomePath $user) (Get-ProgramJson $ProgramPath $user 'follower', 'timer', 'status')
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportTimer -HomePath $user) 'Codexport.Engine.Results.TimerStatusResult'
    }

    It 'refuses a home that is none' {
        Assert-Error (Get-ErrorOf { Get-CodexportTimer -HomePath Env:/HOME }) 'Get-CodexportTimer' 'InvalidUsage' 'InvalidArgument' 'Env:/HOME'
    }
}
